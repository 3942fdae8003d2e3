export const signin = {
  signIn: 'Sign in',
  signUp: 'Create an account',
  forgot: 'Forgot your password?',
  reset: 'Choose a new password',
  confirm: 'Confirming',
  email: 'E-mail',
  password: 'Password',
}
