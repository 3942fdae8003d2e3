import { neededPackages, prunePackages, readLock } from './packages.ts'

// Run by the Dockerfile, once everything is built: leaves of node_modules what a gateway needs.
const root = process.cwd()
await prunePackages(root, neededPackages(await readLock(root)))
