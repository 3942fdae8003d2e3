import { DeletionPart } from './deletion-part.tsx'
import { ExportPart } from './export-part.tsx'

/** Taking one's data out, and leaving. */
export function DataSection() {
  return (
    <>
      <ExportPart />
      <DeletionPart />
    </>
  )
}
