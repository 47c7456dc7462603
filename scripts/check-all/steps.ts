/** All checks, in steps of a few minutes each. */

export interface Step {
  readonly name: string
  /** A program and its arguments. */
  readonly command: readonly string[]
}

const plantedParts = 6
const faultRuns = 4
const fuzzRuns = 10

const numbered = (count: number, step: (number: number) => Step): Step[] =>
  Array.from({ length: count }, (_, index) => step(index + 1))

const npmRun = (name: string, script: string): Step => ({ name, command: ['npm', 'run', ...script.split(' ')] })

/** The steps with this seed. In total: a million fuzzed requests, 22 minutes of faults, every planted bug. */
export const stepsOf = (seed: number): readonly Step[] => [
  { name: 'suite', command: ['npm', 'test'] },
  npmRun('full-size', 'test:full'),
  npmRun('rabbitmq4', 'test:rabbitmq4'),
  npmRun('compose', 'test:compose'),
  npmRun('observability', 'test:observability'),
  npmRun('packages', 'test:packages'),
  npmRun('vulnerabilities', 'vulnerabilities'),
  ...numbered(plantedParts, (part) =>
    npmRun(`planted-${part}-of-${plantedParts}`, `planted -- --part ${part}/${plantedParts}`),
  ),
  ...numbered(faultRuns, (run) => npmRun(`faults-${run}`, `chaos -- --minutes 5 --nodes 3 --seed ${seed + run}`)),
  // Amid other faults nearly every order may be delayed. Here an order that expires because of a wrong clock is seen.
  npmRun('faults-clocks', `chaos -- --minutes 2 --nodes 1 --only clock --seed ${seed + faultRuns + 1}`),
  ...numbered(fuzzRuns, (run) =>
    npmRun(`fuzz-${run}`, `fuzz -- --requests 100000 --seconds 3600 --seed ${seed + run}`),
  ),
  npmRun('overload-embedded', 'bench -- --overload --mode embedded --seconds 12'),
  npmRun('overload-rabbitmq', 'bench -- --overload --mode rabbitmq --seconds 12'),
]
