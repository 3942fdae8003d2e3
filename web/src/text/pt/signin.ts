import type { Catalog } from '../en.ts'

const seconds = (count: number) => (count === 1 ? 'um segundo' : `${count} segundos`)
const wait = (count: number) => (count < 90 ? seconds(count) : `${Math.ceil(count / 60)} minutos`)

export const signin: Catalog['signin'] = {
  tagline: 'O seu próprio assistente, numa máquina sua.',
  promise: 'O que escreve fica guardado à medida que chega. Feche o separador; ele continua.',
  signIn: 'Iniciar sessão',
  signUp: 'Criar uma conta',
  email: 'E-mail',
  password: 'Palavra-passe',
  show: 'Mostrar a palavra-passe',
  hide: 'Esconder a palavra-passe',
  passwordHint: '8 caracteres ou mais. Algumas palavras são mais fáceis de guardar do que sinais.',
  toSignUp: { before: 'É a primeira vez?', link: 'Criar uma conta' },
  toSignIn: { before: 'Já tem conta?', link: 'Iniciar sessão' },
  forgotLink: 'Esqueceu-se da palavra-passe?',
  or: 'ou',
  mailLink: 'Enviar-me uma ligação por e-mail',
  mailLinkNeeds: 'Preencha primeiro o seu endereço de e-mail.',
  signingIn: 'A iniciar sessão',
  other: 'Usar outra conta',
  factor: {
    title: 'Mais uma prova',
    body: 'Introduza o código de seis dígitos que o seu autenticador mostra.',
    code: 'Código',
    go: 'Continuar',
  },
  mail: {
    title: 'Veja o seu e-mail',
    confirm: (email) =>
      `Enviámos uma ligação para ${email}. Abra-a neste navegador para confirmar o endereço.`,
    link: (email) => `Se ${email} tiver conta, uma ligação vai a caminho. Abra-a neste navegador.`,
    reset: (email) => `Se ${email} tiver conta, uma ligação vai a caminho. Leva a uma nova palavra-passe.`,
    code: 'Código do e-mail',
    codeHint: 'Lê o e-mail noutro lado? Introduza antes os seis dígitos.',
    useCode: 'Usar o código',
    again: 'Enviar de novo',
    againIn: (count) => `Enviar de novo dentro de ${seconds(count)}`,
    sent: 'Enviado de novo. O e-mail anterior já não funciona.',
    local: 'Não há aqui servidor de e-mail? Nesta máquina, isto abre o e-mail:',
    back: 'Voltar ao início de sessão',
  },
  forgot: {
    title: 'Uma nova palavra-passe',
    body: 'Enviamos-lhe uma ligação com que a escolhe.',
    send: 'Enviar-me a ligação',
  },
  reset: {
    title: 'Escolher uma nova palavra-passe',
    body: (email) => `Para ${email}. Todos os outros dispositivos terminam a sessão.`,
    password: 'Nova palavra-passe',
    save: 'Guardar e continuar',
    saved: 'A nova palavra-passe está em vigor.',
    needsLink: 'Para escolher uma nova palavra-passe precisa de uma ligação que lhe enviamos.',
    getLink: 'Pedir uma ligação',
  },
  confirm: {
    underWay: 'Um momento …',
    agreedTitle: 'Uma de duas',
    agreed: 'Este endereço concordou. A mudança vale quando a ligação do outro e-mail também for aberta.',
    goOn: 'Continuar',
    askTitle: 'Outra conta?',
    ask: (now, email) =>
      `Tem sessão iniciada como ${now}. Esta ligação inicia sessão ${email === undefined ? 'na conta para a qual foi feita' : `como ${email}`}. Continue só se a pediu.`,
    switch: 'Usar a ligação',
    stay: 'Manter a minha conta',
    refusedTitle: 'Esta ligação não funciona',
    elsewhere:
      'Foi pedida noutro navegador. Se confirma um endereço, resultou: inicie sessão. Senão, peça aqui uma nova.',
    used: 'Já foi usada, ou é demasiado antiga.',
  },
  refused: {
    invalid_credentials: 'O endereço e a palavra-passe não condizem.',
    email_not_confirmed: 'Este endereço ainda não está confirmado.',
    resend: 'Enviar de novo a ligação',
    user_banned: 'Esta conta está suspensa.',
    user_already_exists:
      'Já existe uma conta com este endereço. Inicie sessão, ou escolha uma nova palavra-passe.',
    email_address_invalid: 'Não se pode enviar e-mail para este endereço.',
    signup_disabled: 'Ninguém pode criar conta aqui. Peça um convite a quem gere este Helix.',
    same_password: 'Essa já é a sua palavra-passe. Escolha outra.',
    weak: {
      start: 'Escolha uma palavra-passe mais forte:',
      length: '8 caracteres ou mais',
      characters: 'mais tipos de caracteres',
      pwned: 'nenhuma conhecida de uma fuga de dados',
    },
    mfa_verification_failed: 'O código não está certo, ou já foi usado. Espere pelo próximo.',
    code: 'O código não está certo, ou já não vale. Peça outro.',
    limit: (count) =>
      count === undefined
        ? 'Demasiadas vezes. Espere alguns minutos.'
        : `Demasiadas vezes. Tente de novo dentro de ${wait(count)}.`,
    mailLimit: (count) =>
      count === undefined
        ? 'Demasiados e-mails. Espere alguns minutos.'
        : `Acabou de ser enviado um e-mail. Tente de novo dentro de ${wait(count)}.`,
    expired: 'Demorou demasiado a iniciar sessão. Comece de novo.',
  },
}
