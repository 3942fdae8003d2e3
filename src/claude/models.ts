import type { Model } from './model.ts'
import { MODELS } from './model-data.ts'

const byId = new Map(
  MODELS.flatMap((model) => [model.id, ...model.aliases].map((id) => [id, model] as const)),
)

/** Every model Helix knows, newest first. */
export function listModels(): readonly Model[] {
  return MODELS
}

/** The model with this id or dated alias, or undefined when Helix does not know it. */
export function findModel(id: string): Model | undefined {
  return byId.get(id)
}
