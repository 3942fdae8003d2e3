import type { Catalog } from '../en.ts'

export const failures: Catalog['failures'] = {
  network: 'Ninguém respondeu. Há rede?',
  often: 'Demasiadas vezes em pouco tempo. Espere um momento e tente de novo.',
  signedOut: 'A sua sessão terminou. Inicie sessão de novo.',
  maintenance: 'O Helix está em manutenção. Tente mais tarde.',
  full: 'O Helix não tem agora espaço para nada novo. O que tem está seguro; tente mais tarde.',
  weak: 'Essa palavra-passe é fácil de adivinhar. Escolha uma mais comprida.',
  samePassword: 'Essa já é a sua palavra-passe.',
  taken: 'Este endereço não pode ser usado.',
  badCode: 'Esse código não está certo, ou já não está. Peça outro.',
  refused: (reason) => `Não foi aceite: ${reason}`,
  other: (code) => `Não funcionou (${code}). Tente de novo.`,
}
