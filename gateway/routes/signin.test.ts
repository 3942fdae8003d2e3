import { onEachEngine } from '../../test/support/signin-client.ts'
import { adminCases } from './signin/admin.case.ts'
import { adminLinkCases } from './signin/admin-links.case.ts'
import { anonymousCases } from './signin/anonymous.case.ts'
import { emailChangeCases } from './signin/email-change.case.ts'
import { factorCases } from './signin/factors.case.ts'
import { inputCases } from './signin/input.case.ts'
import { limitCases } from './signin/limits.case.ts'
import { linkCases } from './signin/links.case.ts'
import { otpCases } from './signin/otp.case.ts'
import { passwordCases } from './signin/password.case.ts'
import { personCases } from './signin/person.case.ts'
import { pkceCases } from './signin/pkce.case.ts'
import { refreshCases } from './signin/refresh.case.ts'
import { serviceRoleCases } from './signin/service-role.case.ts'
import { signOutCases } from './signin/sign-out.case.ts'
import { signUpCases } from './signin/sign-up.case.ts'
import { sweepCases } from './signin/sweep.case.ts'

onEachEngine('an unmodified client', (running) => {
  signUpCases(running)
  refreshCases(running)
  signOutCases(running)
  linkCases(running)
  otpCases(running)
  pkceCases(running)
  passwordCases(running)
  emailChangeCases(running)
  anonymousCases(running)
  adminLinkCases(running)
  limitCases(running)
  personCases(running)
  serviceRoleCases(running)
  inputCases(running)
  adminCases(running)
  factorCases(running)
  sweepCases(running)
})
