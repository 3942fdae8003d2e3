import type { Catalog } from '../en.ts'

export const admin: Catalog['admin'] = {
  title: 'Administração',
}
