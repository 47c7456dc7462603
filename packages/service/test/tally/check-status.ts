/** Checks answers of a service against its OpenAPI document. */

export interface OpenApi {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, object>> }>>>
  >
}

interface Answered {
  readonly method: string
  /** May have a query. */
  readonly path: string
  readonly status: number
}

/** @throws if the operation exists, but its responses do not include the status. */
export const checkStatus = ({ paths }: OpenApi, { method, path, status }: Answered): void => {
  const [pathname = ''] = path.split('?')
  const [template = ''] = Object.keys(paths)
    .filter((each) => new RegExp(`^${each.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname))
    .toSorted((one) => (one === pathname ? -1 : 1)) // /dead-letters/groups before /dead-letters/{id}
  const operation = paths[template]?.[method.toLowerCase()]
  if (operation && !(status in operation.responses))
    throw new Error(`${method} ${template} answered ${status}, which its document does not declare.`)
}
