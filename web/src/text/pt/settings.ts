import type { Catalog } from '../en.ts'

export const settings: Catalog['settings'] = {
  title: 'Definições',
}
