import { globSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../suite/program.ts'
import { type Manifest, publishedManifest } from './manifest.ts'
import { bundled, type Published, published } from './packages.ts'

const packages = fileURLToPath(new URL('../../packages', import.meta.url))
const root = dirname(packages)

/**
 * Compiles and packs all published packages into the folder. Returns the paths of the tarballs.
 * @throws if a package doesn't compile, or npm can't pack it.
 */
export const packAll = async (folder: string): Promise<readonly string[]> => {
  await mkdir(folder, { recursive: true })
  const staging = await mkdtemp(join(tmpdir(), 'quadrille-pack-'))
  try {
    await compile(staging)
    const tarballs: string[] = []
    for (const name of published) tarballs.push(await pack(name, { staging, folder }))
    return tarballs
  } finally {
    await rm(staging, { recursive: true })
  }
}

/** Compiles into a folder for each package, with the layout of the sources. `npm test` checks the types. */
const compile = async (staging: string): Promise<void> => {
  const project = join(staging, 'tsconfig.json')
  const compilerOptions = {
    rootDir: packages,
    outDir: staging,
    noEmit: false,
    noCheck: true,
    typeRoots: [join(root, 'node_modules/@types')],
  }
  const include = published.flatMap((name) => ['src', 'conformance'].map((part) => join(packages, name, part)))
  await write(project, { extends: join(root, 'tsconfig.json'), compilerOptions, include, exclude: [] })
  const { ok, output } = await runProgram(['tsc', '-p', project])
  if (!ok) throw new Error(output)
}

interface Folders {
  /** Contains a folder for each package, with its compiled modules. */
  readonly staging: string
  /** The folder for the tarballs. */
  readonly folder: string
}

const pack = async (name: Published, { staging, folder }: Folders): Promise<string> => {
  const source = join(packages, name)
  const target = join(staging, name)
  for (const file of assetsOf(source)) await cp(join(source, file), join(target, file))
  await cp(join(root, 'LICENSE'), join(target, 'LICENSE'))
  for (const dependency of bundled[name] ?? []) await bundle(dependency, { source, target })
  await write(join(target, 'package.json'), manifestOf(name, target))
  const { ok, output, stdout } = await runProgram(['npm', 'pack', target, '--pack-destination', folder, '--json'])
  if (!ok) throw new Error(output)
  const [{ filename }] = JSON.parse(stdout)
  return join(folder, filename)
}

/** Files that compiled modules read, such as migrations: all except for sources, tests and scripts. */
const assetsOf = (source: string): string[] =>
  globSync('**/*', {
    cwd: source,
    exclude: ['node_modules', 'test', 'scripts', 'package.json', '**/*.ts'],
    withFileTypes: true,
  })
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => join(relative(source, parentPath), name))

const bundle = async (
  { name, files }: NonNullable<(typeof bundled)[Published]>[number],
  { source, target }: { readonly source: string; readonly target: string },
): Promise<void> => {
  const from = await realpath(join(source, 'node_modules', name))
  const to = join(target, 'node_modules', name)
  const { dependencies: _, devDependencies: __, scripts: ___, files: ____, ...manifest } = readManifest(from)
  for (const file of files) await cp(join(from, file), join(to, file), { recursive: true })
  await write(join(to, 'package.json'), manifest)
}

const manifestOf = (name: Published, target: string) => {
  const manifest = readManifest<Manifest>(join(packages, name))
  return publishedManifest(manifest, {
    installed: (dependency) => readManifest<Manifest>(join(packages, name, 'node_modules', dependency)).version,
    declared: new Set(globSync('**/*.d.ts', { cwd: target }).flatMap((path) => importsOf(join(target, path)))),
    bundled: (bundled[name] ?? []).map((dependency) => dependency.name),
  })
}

const importsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/(?:from |import\()'([^'.][^']*)'/g)].flatMap(([, name]) => name ?? [])

const readManifest = <Content = Record<string, unknown>>(folder: string): Content =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

const write = async (path: string, content: object): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${JSON.stringify(content, null, 2)}\n`)
}
