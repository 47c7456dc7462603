/** Which version of a message a publisher sends. Consumers are upgraded first, so the newest goes out only when told to. */
import { catalog, isMessageType, type MessageType } from './catalog.ts'
import { newestVersion } from './definition.ts'

/** Which version of a type to send, where it isn't the default. */
export type PublishVersions = Partial<Readonly<Record<MessageType, number>>>

/** Reads pairs as in "PaymentDeclined:2,OrderPlaced:1". Undefined where one is none, or doesn't exist here. */
export const readPublishVersions = (text: string): PublishVersions | undefined => {
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

/** What is wrong with pairs that can't be read. */
export const publishVersionsExpected = 'must be type:version pairs that exist, as in PaymentDeclined:2'

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
