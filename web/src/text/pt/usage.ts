import type { Catalog } from '../en.ts'

export const usage: Catalog['usage'] = {
  title: 'Utilização',
}
