/** The built page, which is read once at the start. */
import { readdirSync, readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { viewOf } from '../views.ts'

const dist = new URL('../../dist/', import.meta.url)

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

interface File {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

export interface Page {
  /** Sends a file of the page; for any other path the page itself, which shows the view of the path. */
  send(response: ServerResponse, pathname: string): void
  /** The path of its script, which contains a hash of the content. */
  readonly script: string
}

/** @throws {Error} with one line if the page is not built. */
export const loadPage = (): Page => {
  const { html, files, script } = readDist()
  return {
    script,
    send: (response, pathname) => {
      const file = files.get(pathname)
      const { body, headers } = file ?? html
      response.writeHead(file || viewOf(pathname) ? 200 : 404, { ...headers, 'content-length': body.length })
      response.end(body)
    },
  }
}

const readDist = (): { html: File; files: ReadonlyMap<string, File>; script: string } => {
  try {
    const files = new Map(readdirSync(new URL('assets/', dist)).map((name) => [`/assets/${name}`, assetOf(name)]))
    const script = [...files.keys()].find((path) => path.endsWith('.js'))
    if (script === undefined) throw new Error('It has no script.')
    const body = readFileSync(new URL('index.html', dist))
    return { html: { body, headers: { 'content-type': 'text/html; charset=utf-8' } }, files, script }
  } catch (error) {
    throw new Error('The page is not built. Run: npx pnpm --filter @quadrille/console prepare', { cause: error })
  }
}

/** The name of a bundle contains its hash, so its content never changes. */
const assetOf = (name: string): File => ({
  body: readFileSync(new URL(`assets/${name}`, dist)),
  headers: {
    'content-type': types[extname(name)] ?? 'application/octet-stream',
    'cache-control': /-[A-Z0-9]{8}\.\w+$/.test(name) ? 'max-age=31536000, immutable' : 'max-age=3600',
  },
})
