/** The manifest of a package as it is published. */

type Versions = Readonly<Record<string, string>>

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly exports: Versions
  readonly dependencies?: Versions
  readonly devDependencies?: Versions
  readonly optionalDependencies?: Versions
  readonly peerDependencies?: Versions
  readonly peerDependenciesMeta?: object
}

export interface PublishedOptions {
  /** Returns the installed version of a dependency, with which the tests have run. */
  readonly installed: (name: string) => string
  /** Packages whose types the declarations of this package import. */
  readonly declared: ReadonlySet<string>
  readonly bundled: readonly string[]
}

/** The oldest Node that the tests run under, a major version. */
const oldestNode = 24

/**
 * The manifest for npm: entries are compiled files with their declarations, versions are exact, and types of other packages
 * that its declarations import are dependencies. Peers are left out of the dependencies, because declarations must
 * import the types that the user imports.
 */
export const publishedManifest = (manifest: Manifest, { installed, declared, bundled }: PublishedOptions) => {
  const exact = (versions: Versions = {}) =>
    Object.fromEntries(Object.entries(versions).map(([name, version]) => [name, versionOf(name, version)]))
  const versionOf = (name: string, version: string) => {
    if (version === 'workspace:*') return manifest.version
    return version === 'catalog:' ? installed(name) : version
  }
  const types = Object.entries(manifest.devDependencies ?? {}).filter(([name]) =>
    declared.has(name.replace(/^@types\//, '')),
  )
  const needed = [...Object.entries(manifest.dependencies ?? {}), ...types].filter(
    ([name]) => !Object.hasOwn(manifest.peerDependencies ?? {}, name),
  )
  return {
    name: manifest.name,
    version: manifest.version,
    license: manifest.license,
    type: 'module',
    engines: { node: `>=${oldestNode}` },
    exports: Object.fromEntries(Object.entries(manifest.exports).map(([entry, path]) => [entry, compiled(path)])),
    dependencies: exact(Object.fromEntries(needed)),
    ...(manifest.optionalDependencies && { optionalDependencies: exact(manifest.optionalDependencies) }),
    ...(manifest.peerDependencies && { peerDependencies: manifest.peerDependencies }),
    ...(manifest.peerDependenciesMeta && { peerDependenciesMeta: manifest.peerDependenciesMeta }),
    ...(bundled.length > 0 && { bundleDependencies: bundled }),
  }
}

const compiled = (path: string) => ({
  types: path.replace(/\.ts$/, '.d.ts'),
  default: path.replace(/\.ts$/, '.js'),
})
