/** Which version of a message a publisher sends. Consumers are upgraded first, so the newest goes out only when told to. */
import { z } from 'zod'
import { catalog, isMessageType, type MessageType } from './catalog.ts'
import { newestVersion } from './definition.ts'

/** Which version of a type to send, where it isn't the default. */
export type PublishVersions = Partial<Readonly<Record<MessageType, number>>>

/**
 * The default is the version before the newest while there are two: a publisher sends the newest only when it is told
 * that all consumers can read it.
 * @throws {RangeError} where a version is asked for that doesn't exist here.
 */
export const versionToSend = (type: MessageType, versions: PublishVersions = {}): number => {
  const newest = newestVersion(catalog[type])
  const version = versions[type] ?? Math.max(1, newest - 1)
  if (version >= 1 && version <= newest && Number.isInteger(version)) return version
  throw new RangeError(`${type} has no version ${version}; its versions here are 1 to ${newest}.`)
}

/** Reads `PUBLISH_VERSIONS`: types and versions such as `PaymentDeclined=2`, separated by commas. Empty by default. */
export const publishVersions = z
  .string()
  .default('')
  .transform((variable, { addIssue }): PublishVersions => {
    const versions: Partial<Record<MessageType, number>> = {}
    for (const part of variable
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean)) {
      const [type = '', version = ''] = part.split('=')
      const problem = refusal(type, version)
      if (problem) addIssue(`"${part}": ${problem}`)
      else if (isMessageType(type)) versions[type] = Number(version)
    }
    return versions
  })

const refusal = (type: string, version: string): string | undefined => {
  if (!isMessageType(type)) return `${type} is no message; expected a type and a version, such as PaymentDeclined=2`
  const newest = newestVersion(catalog[type])
  if (/^[1-9]\d*$/.test(version) && Number(version) <= newest) return undefined
  return `expected ${type}= and a version from 1 to ${newest}`
}
