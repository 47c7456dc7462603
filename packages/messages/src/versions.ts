/**
 * The version of a message that a publisher sends. Consumers are upgraded first, so the newest is sent only when
 * configured.
 */
import { type Catalog, newestVersion } from './definition.ts'

/** The versions to send by type, if not the default. */
export type PublishVersions = Readonly<Record<string, number>>

/** The format that `readPublishVersions` accepts, for an error message. */
export const publishVersionsFormat = 'must be newest, or type:version pairs that exist, such as Example:2'

export interface Versions {
  /** The newest version of every type. */
  newestVersions(): PublishVersions
  /**
   * Parses `newest`, or pairs such as "Example:2,Other:1". Undefined if a pair is malformed, or its version does not
   * exist here.
   */
  readPublishVersions(text: string): PublishVersions | undefined
  /**
   * The versions to send if all consumers were once able to read `readable`: those versions, or the default where it is
   * newer by now. A type that does not exist here is ignored. A version that does not exist here, as after a downgrade, counts as the
   * newest.
   */
  versionsSince(readable: PublishVersions): PublishVersions
  /**
   * The configured version, or the default: the previous one while there are two. The newest is sent only when
   * configured, because then all consumers can read it.
   * @throws {RangeError} if the type or the configured version does not exist here.
   */
  versionToSend(type: string, versions?: PublishVersions): number
}

export const createVersions = (messages: Catalog): Versions => {
  const newest = new Map(Object.entries(messages).map(([type, definition]) => [type, newestVersion(definition)]))
  const exists = (type: string, version: number) =>
    Number.isInteger(version) && version >= 1 && version <= (newest.get(type) ?? 0)

  const versionToSend = (type: string, versions: PublishVersions = {}): number => {
    const latest = newest.get(type) ?? 0
    const version = versions[type] ?? Math.max(1, latest - 1)
    if (exists(type, version)) return version
    throw new RangeError(`${type} has no version ${version}; its versions here are 1 to ${latest}.`)
  }

  const newestVersions = () => Object.fromEntries(newest)

  return {
    newestVersions,
    versionToSend,
    readPublishVersions: (text) => {
      if (text === 'newest') return newestVersions()
      const pairs = text
        .split(',')
        .filter(Boolean)
        .map((pair): [string, number] => {
          const [, type = '', version] = /^(.+):([1-9]\d*)$/.exec(pair) ?? []
          return [type, Number(version)]
        })
      return pairs.every(([type, version]) => exists(type, version)) ? Object.fromEntries(pairs) : undefined
    },
    versionsSince: (readable) =>
      Object.fromEntries(
        Object.entries(readable).flatMap(([type, version]) => {
          const latest = newest.get(type)
          return latest === undefined ? [] : [[type, Math.min(latest, Math.max(version, versionToSend(type)))]]
        }),
      ),
  }
}
