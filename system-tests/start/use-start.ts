/** `npm start` in a new folder for each test of a file. */
import { beforeEach } from 'vitest'
import { main, newFolder, type Started, startIn, untilPrinted } from './started.ts'

export const useStart = () => {
  let folder = ''
  beforeEach(() => {
    folder = newFolder()
  })
  const start = (args: readonly string[] = [main], env: Record<string, string> = {}): Started =>
    startIn(folder, args, env)
  return {
    /** That of the current test. */
    get folder() {
      return folder
    },
    start,
    /** Resolves when it is ready. */
    startReady: async (args?: readonly string[]): Promise<Started> => {
      const started = start(args)
      await untilPrinted(started, 'ready')
      return started
    },
  }
}
