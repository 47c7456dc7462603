/** Builds the images of the services once for all tests, and deletes them afterwards. */
import { compose } from './compose.ts'

export const setup = async (): Promise<() => Promise<unknown>> => {
  const project = await compose()
  await project.run('build', '--quiet')
  return () => project.run('down', '--rmi', 'local')
}
