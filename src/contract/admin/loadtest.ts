import { z } from 'zod'

/** Most people that one load test is given. */
export const MOST_TEST_PEOPLE = 200

/** Where somebody of a load test brings their pass. */
export const LOAD_TEST_HEADER = 'x-helix-load-test'

export const BeginLoadTestRequest = z
  .strictObject({
    people: z.int().min(1).max(MOST_TEST_PEOPLE).describe('How many throw-away people are made.'),
    seconds: z
      .int()
      .min(1)
      .max(86_400)
      .default(3_600)
      .describe('How long their tokens live; an hour at least.'),
    simulated: z
      .boolean()
      .default(false)
      .describe('Whether their replies are simulated, and cost nothing, also where Claude would be asked.'),
  })
  .meta({ id: 'BeginLoadTestRequest' })
export type BeginLoadTestRequest = z.infer<typeof BeginLoadTestRequest>

export const LoadTestPeople = z
  .object({
    run: z.string().describe('Names them when they are removed.'),
    expiresAt: z.iso.datetime().describe('When the tokens end by themselves.'),
    tokens: z.array(z.string()).describe('One a person; each may read and chat, and nothing else.'),
    passes: z
      .array(z.string())
      .describe(
        'The pass of each, in the same order: what they bring as `X-Helix-Load-Test`, until the tokens end.',
      ),
  })
  .meta({
    id: 'LoadTestPeople',
    description: 'Throw-away people of a load test. The tokens and passes are shown this once.',
  })
export type LoadTestPeople = z.infer<typeof LoadTestPeople>

export const LoadTestRemoval = z
  .object({ removed: z.int(), left: z.int().describe('Ask again until none is left.') })
  .meta({ id: 'LoadTestRemoval' })
export type LoadTestRemoval = z.infer<typeof LoadTestRemoval>
