import type { Catalog } from '../en.ts'

const one = (count: number, singular: string, plural: string) => `${count} ${count === 1 ? singular : plural}`

export const sync: Catalog['sync'] = {
  offline: 'Está sem ligação. Pode ler o que foi carregado e continuar a escrever.',
  unreachable: 'O Helix não responde neste momento. A página volta a tentar sozinha.',
  maintenance: 'O Helix está em manutenção.',
  until: (time) => `Regresso previsto: ${time}.`,
  checkNow: 'Verificar agora',
  waiting: (count) =>
    `${one(count, 'mensagem aguarda', 'mensagens aguardam')} envio e ${count === 1 ? 'segue' : 'seguem'} sem mais nada fazer.`,
  notKept: {
    denied:
      'Este navegador não guarda nada do Helix, como numa janela privada: os rascunhos e as mensagens por enviar acabam com este separador.',
    full: 'Este dispositivo não tem mais espaço: os rascunhos e as mensagens por enviar acabam com este separador.',
  },
  update: 'Há uma nova versão pronta.',
  reload: 'Recarregar',
  later: 'Mais tarde',
  signOut: {
    title: 'Terminar sessão?',
    body: (count) =>
      `${one(count, 'mensagem ainda não foi enviada', 'mensagens ainda não foram enviadas')}. Terminar sessão apaga-${count === 1 ? 'a' : 'as'} deste dispositivo.`,
    confirm: 'Apagar e terminar sessão',
  },
}
