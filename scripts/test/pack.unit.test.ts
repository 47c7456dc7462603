import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Manifest, publishedManifest } from '../pack/manifest.ts'
import { bundled, published } from '../pack/packages.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const manifestOf = (name: string): Manifest => JSON.parse(read(`packages/${name}/package.json`))

describe('the published packages', () => {
  it.each(published)('%s needs no package that is not published', (name) => {
    const { dependencies = {} } = manifestOf(name)
    const own = Object.keys(dependencies).filter((dependency) => dependency.startsWith('@quadrille/'))
    expect(own.filter((dependency) => !published.some((other) => dependency === `@quadrille/${other}`))).toEqual([])
  })

  it.each(published)('%s has a README, which names only what the package exports', (name) => {
    const [, ...rows] = read(`packages/${name}/README.md`).split('\n| `')
    const named = rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/\w+/g)].map(([word]) => word))
    const exported = new Set(read(`packages/${name}/src/index.ts`).match(/\w+/g))
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((word) => !exported.has(word))).toEqual([])
  })

  it.each(published)('%s uses the zod of its user, so that schemas of both have the same types', (name) => {
    const [, installed] = /^ {2}zod: (.+)$/m.exec(read('pnpm-workspace.yaml')) ?? []
    const { dependencies = {}, peerDependencies = {} } = manifestOf(name)
    expect(peerDependencies['zod']).toBe(dependencies['zod'] && `^${installed}`)
  })

  it('are all that the example of another choreography needs', () => {
    const { dependencies = {} }: Manifest = JSON.parse(read('examples/library/package.json'))
    const own = Object.keys(dependencies).filter((dependency) => dependency.startsWith('@quadrille/'))
    expect(published.map((name) => `@quadrille/${name}`)).toEqual(expect.arrayContaining(own))
  })

  it('contain every dependency that the workspace patches, or installs without dependencies', () => {
    const workspace = read('pnpm-workspace.yaml')
    const [, overrides = ''] = /^overrides:\n((?: {2}.+\n)+)/m.exec(workspace) ?? []
    const [, patches = ''] = /^patchedDependencies:\n((?: {2}.+\n)+)/m.exec(workspace) ?? []
    const changed = [
      ...[...overrides.matchAll(/^ {2}"(.+)>.+": "-"$/gm)].flatMap(([, name]) => name ?? []),
      ...[...patches.matchAll(/^ {2}"?(.+?)@\d/gm)].flatMap(([, name]) => name ?? []),
    ]
    const contained = Object.values(bundled).flatMap((list) => list.map(({ name }) => name))
    expect(new Set(contained)).toEqual(new Set(changed))
  })

  it('contain the licenses of what is in a bundle for browsers', () => {
    const referred = Object.entries(bundled).flatMap(([owner, list]) =>
      list.flatMap(({ name, files }) =>
        files
          .filter((file) => file.endsWith('.js'))
          .flatMap((file) => {
            const content = read(`packages/${owner}/node_modules/${name}/${file}`)
            const [, license] = /^\/\*! For license information please see (\S+) \*\/$/m.exec(content) ?? []
            return license ? [{ license: posix.join(posix.dirname(file), license), files }] : []
          }),
      ),
    )
    expect(referred).toHaveLength(2)
    for (const { license, files } of referred) expect(files).toContain(license)
  })
})

describe('a published manifest', () => {
  const manifest: Manifest = {
    name: '@quadrille/example',
    version: '1.2.3',
    license: 'Apache-2.0',
    exports: { '.': './src/index.ts' },
    dependencies: { '@quadrille/async': 'workspace:*', pg: 'catalog:', uuid: '1.0.0', zod: 'catalog:' },
    devDependencies: { '@types/pg': 'catalog:', '@types/express': 'catalog:', vitest: 'catalog:' },
    peerDependencies: { vitest: '>=5', zod: '^4.6.7' },
  }
  const declared = new Set(['pg', 'vitest', 'zod'])
  const options = { installed: (name: string) => `9.9.9 of ${name}`, declared, bundled: ['pg'] }

  it('names compiled files, exact versions, the types that its declarations import, and peers as peers alone', () => {
    expect(publishedManifest(manifest, options)).toEqual({
      name: '@quadrille/example',
      version: '1.2.3',
      license: 'Apache-2.0',
      type: 'module',
      engines: { node: '>=24' },
      exports: { '.': { types: './src/index.d.ts', default: './src/index.js' } },
      dependencies: {
        '@quadrille/async': '1.2.3',
        pg: '9.9.9 of pg',
        uuid: '1.0.0',
        '@types/pg': '9.9.9 of @types/pg',
      },
      peerDependencies: { vitest: '>=5', zod: '^4.6.7' },
      bundleDependencies: ['pg'],
    })
  })
})
