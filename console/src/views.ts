/** The paths of the page's views. The server answers others with 404, and the page says so. */

const views = {
  orders: /^\/$/,
  order: /^\/orders\/(?<id>[^/]+)$/,
  stuck: /^\/stuck$/,
  flow: /^\/flow$/,
  queue: /^\/flow\/(?<service>[^/]+)\/(?<id>[^/]+)$/,
  deadLetters: /^\/dead-letters$/,
  deadLetterGroup: /^\/dead-letters\/(?<service>[^/]+)$/,
  deadLetter: /^\/dead-letters\/(?<service>[^/]+)\/(?<id>[^/]+)$/,
  operations: /^\/operations$/,
  invariants: /^\/invariants$/,
  tryIt: /^\/try$/,
} as const

export type ViewName = keyof typeof views

export interface ViewMatch {
  readonly view: ViewName
  /** The id in the path, or the name of a queue, in lower case. Empty if the view has none. */
  readonly id: string
  /** The service in the path. Empty if the view has none. */
  readonly service: string
}

/** The view of a path, or undefined. Ids are UUIDs, which may be written in upper case (RFC 9562, section 4). */
export const viewOf = (pathname: string): ViewMatch | undefined => {
  for (const [view, pattern] of Object.entries(views)) {
    const found = pattern.exec(pathname)
    if (!found) continue
    const { id = '', service = '' } = found.groups ?? {}
    return { view: view as ViewName, id: decoded(id).toLowerCase(), service: decoded(service) } // the keys of `views`
  }
  return undefined
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
