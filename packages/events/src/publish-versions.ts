/** Which version of a message a publisher sends. Consumers are upgraded first, so the newest goes out only when told to. */
import { catalog, isMessageType, type MessageType } from './catalog.ts'
import { newestVersion } from './definition.ts'

/** Which version of a type to send, where it isn't the default. */
export type PublishVersions = Partial<Readonly<Record<MessageType, number>>>

/** The newest version of every type. */
export const newestVersions = (): Required<PublishVersions> =>
  Object.fromEntries(
    Object.entries(catalog).map(([type, definition]) => [type, newestVersion(definition)]),
  ) as Required<PublishVersions>

/** Reads `newest`, or pairs as in "PaymentDeclined:2,OrderPlaced:1". Undefined where a pair is none, or doesn't exist here. */
export const readPublishVersions = (text: string): PublishVersions | undefined => {
  if (text === 'newest') return newestVersions()
  const pairs = text
    .split(',')
    .filter(Boolean)
    .map((pair) => pair.split(':'))
  const exist = pairs.every(
    ([type = '', version]) =>
      isMessageType(type) &&
      Number.isInteger(Number(version)) &&
      Number(version) >= 1 &&
      Number(version) <= newestVersion(catalog[type]),
  )
  return exist ? Object.fromEntries(pairs.map(([type, version]) => [type, Number(version)])) : undefined
}

/** What is wrong with versions that can't be read. */
export const publishVersionsExpected = 'must be newest, or type:version pairs that exist, as in PaymentDeclined:2'

/**
 * The versions to send where all consumers were once known to read `readable`: those, or the default where that is newer by now.
 * Types and versions that don't exist here, as in a release that was taken back, don't count.
 */
export const versionsSince = (readable: Readonly<Record<string, number>>): PublishVersions =>
  Object.fromEntries(
    Object.entries(readable).flatMap(([type, version]) =>
      isMessageType(type)
        ? [[type, Math.min(newestVersion(catalog[type]), Math.max(version, versionToSend(type)))]]
        : [],
    ),
  )

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
