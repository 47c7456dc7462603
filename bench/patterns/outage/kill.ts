import { startChild } from '../../src/systems/child.ts'
import type { SystemProcess } from '../../src/systems/system.ts'

/**
 * Ends processes as a crash does. Resolves to a function that starts them again, and returns the new ones.
 * @param stopping - stops the new ones
 */
export const killProcesses = async (
  killed: readonly SystemProcess[],
  stopping: AsyncDisposableStack,
): Promise<() => SystemProcess[]> => {
  await Promise.all(killed.map(({ child }) => child.kill()))
  return () =>
    killed.map((one) => {
      const child = startChild(one.child.command)
      stopping.defer(() => child.stop())
      return { ...one, child }
    })
}
