import type { Catalog } from '../en.ts'

export const signin: Catalog['signin'] = {
  signIn: 'Iniciar sessão',
  signUp: 'Criar conta',
  forgot: 'Esqueceu-se da palavra-passe?',
  reset: 'Escolher uma nova palavra-passe',
  confirm: 'A confirmar',
  email: 'E-mail',
  password: 'Palavra-passe',
}
