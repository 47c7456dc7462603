/** The Chromium of the tests and the screenshots. */
import { existsSync } from 'node:fs'
import { type Browser, chromium, type LaunchOptions } from 'playwright-core'

/** As root Chromium has no sandbox. The pages are our own. */
const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : []

const installed = [
  process.env['CHROMIUM_PATH'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * The one of this machine, else the one from npm, which is for Linux on x64. It ends with this process.
 *
 * @param options.handleSIGINT false: a caller handles SIGINT itself. Default: SIGINT ends the process.
 * @throws {Error} if this machine has neither.
 */
export const launchChromium = async (options: Pick<LaunchOptions, 'handleSIGINT'> = {}): Promise<Browser> => {
  const found = installed.find((path) => path !== '' && existsSync(path))
  if (found) return chromium.launch({ ...options, executablePath: found, args: flags })
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('Chromium or Chrome is needed. Install one, or set CHROMIUM_PATH.')
  return chromium.launch({ ...options, executablePath: await unpacked(), args: flags }) // the flags of the package are for one page
}

/** The path of the browser from npm, which is unpacked into the folder for temporary files. */
const unpacked = async (): Promise<string> => {
  const { env } = process
  env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs22.x' // the package then brings the libraries that Chromium needs
  try {
    return await (await import('@sparticuz/chromium')).default.executablePath()
  } finally {
    delete env['AWS_EXECUTION_ENV']
  }
}
