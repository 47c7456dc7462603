import { resolve } from 'node:path'
import { cruise, type ICruiseResult, type IViolation } from 'dependency-cruiser'
import { rules } from './rules.ts'

export interface Cruise {
  /** The number of modules of the workspace that were read. */
  readonly modules: number
  readonly violations: readonly IViolation[]
}

/**
 * Reads the imports of every module below `folders` of `root`, including type-only ones, and checks them against the
 * rules.
 * @throws if it has read no module or no import, because such a run would find no violation.
 */
export const cruiseWorkspace = async (root: string, folders: readonly string[]): Promise<Cruise> => {
  const { output } = await cruise(
    [...folders],
    {
      baseDir: resolve(root),
      validate: true,
      ruleSet: { forbidden: [...rules] },
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '/(coverage|schemas)/|^bench/peers/src/' }, // the packages of the peers are installed by the benchmark only
      tsPreCompilationDeps: true,
      combinedDependencies: true,
    },
    { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  )
  if (typeof output === 'string') throw new Error('dependency-cruiser returned text instead of its findings.')
  return { modules: countModules(output), violations: output.summary.violations }
}

const countModules = ({ modules }: ICruiseResult): number => {
  const own = modules.filter(({ source }) => !source.includes('node_modules'))
  const imports = own.reduce((sum, { dependencies }) => sum + dependencies.length, 0)
  if (own.length === 0 || imports === 0) {
    throw new Error(
      `dependency-cruiser read ${own.length} modules with ${imports} imports: it can't parse TypeScript here. ` +
        'It needs the TypeScript 6 that pnpm-workspace.yaml gives it (packageExtensions).',
    )
  }
  return own.length
}
