/** The flags with which Node runs a service: those of the service's image. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @param checkout the source tree of the service. Versions that set no flags have none. */
export const serviceFlags = (checkout: string): readonly string[] => {
  const [, flags = ''] = /^ENV NODE_FLAGS="(.*)"$/m.exec(readFileSync(join(checkout, 'Dockerfile'), 'utf8')) ?? []
  return flags.split(' ').filter(Boolean)
}
