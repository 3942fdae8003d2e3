import type { Catalog } from '../en.ts'

export const status: Catalog['status'] = {
  title: 'Estado',
}
