import type { Catalog } from '../en.ts'

export const common: Catalog['common'] = {
  brand: 'Helix',
  close: 'Fechar',
  cancel: 'Cancelar',
  save: 'Guardar',
  back: 'Voltar',
  retry: 'Tentar de novo',
  loading: 'A carregar',
  reload: 'Recarregar',
  more: 'Mais',
  skip: 'Saltar para o conteúdo',
  openMenu: 'Abrir o menu',
  simulated: 'O Claude é simulado aqui: as respostas são inventadas.',
  notFound: {
    title: 'Não há nada aqui',
    body: 'Não existe nenhuma página neste endereço.',
    home: 'Ir para as suas conversas',
  },
  outdated: {
    title: 'Não foi possível carregar esta parte da página',
    body: 'A rede falhou, ou o Helix foi atualizado desde que abriu este separador. O que escreveu está guardado.',
  },
  failed: { title: 'Algo correu mal', body: 'A página encontrou um imprevisto.' },
  forbidden: { title: 'Não é para esta conta', body: 'Só o criador deste Helix vê esta página.' },
  nav: {
    label: 'Helix',
    chat: 'Conversas',
    usage: 'Utilização',
    settings: 'Definições',
    status: 'Estado',
    admin: 'Administração',
    docs: 'Guias',
    signOut: 'Terminar sessão',
  },
  theme: { label: 'Aspeto', system: 'Como o sistema', light: 'Claro', dark: 'Escuro' },
  language: 'Idioma',
}
