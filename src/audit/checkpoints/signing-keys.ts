import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Secret } from '../../config/secret.ts'
import { HelixError } from '../../errors.ts'
import type { Files } from '../../files.ts'
import { publicBytes } from './note.ts'

/** A key that signs checkpoints. Never log it. */
export interface SigningKey {
  /** 32 raw bytes. */
  publicKey: Buffer
  privateKey: KeyObject
  /** What the private key is made from: 64 hex digits. */
  seed: string
}

const Seed = z.string().regex(/^[0-9a-f]{64}$/)
const KeyFile = z.object({ version: z.literal(1), seeds: z.array(Seed).min(1) })
/** What turns a seed into a private key that Node knows (RFC 8410). */
const PKCS8_PREFIX = '302e020100300506032b657004220420'

/** The signing keys of this machine, the newest first; the older ones serve logs that do not know the newest. */
export interface KeyStore {
  /** Whether they come from the configuration, and so cannot be written. */
  readonly given: boolean
  /** The keys there are; none where none was made yet. */
  read(): Promise<SigningKey[]>
  /** The same, but makes the first one. */
  readOrMake(): Promise<SigningKey[]>
  /** Replaces them all, where they are not given. */
  write(keys: readonly SigningKey[]): Promise<void>
}

export function newSigningKey(): SigningKey {
  return signingKey(randomBytes(32).toString('hex'))
}

/**
 * The keys of `HELIX_AUDIT_KEY` where it is set (several, newest first, with commas between), else those of
 * `<dataDir>/audit-key.json` (0600).
 * @throws HelixError `config_invalid` when they are not keys of Helix.
 */
export function createKeyStore({
  dataDir,
  given,
  files,
}: {
  dataDir: string
  given?: Secret | undefined
  files: Pick<Files, 'create' | 'replace'>
}): KeyStore {
  return given === undefined ? keysInFile(join(dataDir, 'audit-key.json'), files) : keysGiven(given)
}

function keysInFile(path: string, files: Pick<Files, 'create' | 'replace'>): KeyStore {
  const text = (seeds: readonly string[]) => `${JSON.stringify({ version: 1, seeds }, null, 2)}\n`

  async function read(): Promise<SigningKey[]> {
    const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    return content === undefined ? [] : parseKeyFile(path, content)
  }

  return {
    given: false,
    read,
    async readOrMake() {
      const keys = await read()
      if (keys.length > 0) return keys
      await files.create(path, text([newSigningKey().seed]))
      return read()
    },
    write: (keys) => files.replace(path, text(keys.map(({ seed }) => seed))),
  }
}

function keysGiven(given: Secret): KeyStore {
  const read = async () => given.reveal().split(',').map(givenKey)
  return { given: true, read, readOrMake: read, write: async () => {} }
}

function givenKey(seed: string): SigningKey {
  if (Seed.safeParse(seed.trim()).success) return signingKey(seed.trim())
  throw new HelixError('config_invalid', 'HELIX_AUDIT_KEY is not a key: expected 64 hex digits', {
    hint: 'Make one with `openssl rand -hex 32`; during a change, the new and the old one with a comma between.',
  })
}

function parseKeyFile(path: string, text: string): SigningKey[] {
  try {
    return KeyFile.parse(JSON.parse(text)).seeds.map(signingKey)
  } catch {
    throw new HelixError('config_invalid', `${path} is not a key file of Helix`, {
      hint: 'Restore it from a backup; without it, checkpoints can only go on in a new log.',
    })
  }
}

function signingKey(seed: string): SigningKey {
  const der = Buffer.from(PKCS8_PREFIX + seed, 'hex')
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return { publicKey: publicBytes(privateKey), privateKey, seed }
}
