/** A Python with pika, for the example of a service that is not written in TypeScript. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { canInstall, install } from './debian.ts'

/** Debian's own first, because the package python3-pika installs pika for it. */
const candidates = ['/usr/bin/python3', 'python3']

/**
 * The path of a Python that can import pika. As root on Debian, installs python3-pika if it is missing.
 * @throws one sentence with the package to install.
 */
export const ensurePython = async (): Promise<string> => {
  const found = await findPython()
  if (found !== null) return found
  if (canInstall()) await install('python3-pika')
  const installed = await findPython()
  if (installed !== null) return installed
  throw new Error(missing)
}

/** Describes in one sentence which Python the test of examples/python uses, or what will be installed. */
export const describePython = async (): Promise<string> => {
  const found = await findPython()
  if (found !== null) return `Python with pika: ${found}.`
  return canInstall()
    ? 'pika for Python is not installed: the test of examples/python will install it by apt-get install python3-pika.'
    : missing
}

const missing = 'The test of examples/python needs Python 3 with pika: install python3-pika, or pip install pika.'

const findPython = async (): Promise<string | null> => {
  for (const python of candidates) if (await canImportPika(python)) return python
  return null
}

const canImportPika = async (python: string): Promise<boolean> => {
  try {
    await promisify(execFile)(python, ['-c', 'import pika'])
    return true
  } catch {
    return false // Python or pika is missing
  }
}
