import type { Catalog } from '../en.ts'

export const chat: Catalog['chat'] = {
  title: 'Conversas',
}
