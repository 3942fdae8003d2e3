import type { Catalog } from '../en.ts'

export const sync: Catalog['sync'] = {
  offline: 'Está sem ligação.',
}
