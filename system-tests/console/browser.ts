/** The Chromium of the tests. */
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'

/** As root Chromium has no sandbox. The pages are our own. */
const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : []

const installed = [
  process.env['CHROMIUM_PATH'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The one of this machine, else the one from npm, which is for Linux on x64. @throws {Error} if there is none. */
const launch = async (): Promise<Browser> => {
  const found = installed.find((path) => path !== '' && existsSync(path))
  if (found) return chromium.launch({ executablePath: found, args: flags })
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('The tests of the console need Chromium or Chrome. Install one, or set CHROMIUM_PATH.')
  return chromium.launch({ executablePath: await unpacked(), args: flags }) // the flags of the package are for one page
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

/** One window for all tests of a worker: another one takes longer to open than a test to run. It ends with the process. */
let opened: Promise<Page> | undefined

const openWindow = async (): Promise<Page> => (await launch()).newPage({ locale: 'en-US' })

export interface OpenPage {
  readonly page: Page
  /** Errors of the page and what its policy has blocked. Must stay empty. */
  readonly faults: string[]
  /** Requests to other hosts. Must stay empty. */
  readonly elsewhere: string[]
}

interface Look {
  /** Of the window, pixels. Default: 1,280. */
  readonly width?: number
  /** Default: light. */
  readonly theme?: 'light' | 'dark'
}

/** Opens an address. */
export const openPage = async (url: string, { width = 1_280, theme = 'light' }: Look = {}): Promise<OpenPage> => {
  opened ??= openWindow()
  const page = await opened
  const faults: string[] = []
  const elsewhere: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    const text = message.text()
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) faults.push(text) // such as a violated policy
  })
  page.on('dialog', (dialog) => faults.push(`a dialog: ${dialog.message()}`))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) elsewhere.push(request.url())
  })
  onTestFinished(async () => {
    page.removeAllListeners()
    await page.goto('about:blank') // it reads nothing more
  })
  await page.setViewportSize({ width, height: 900 })
  await page.emulateMedia({ colorScheme: theme })
  await page.goto(url)
  return { page, faults, elsewhere }
}

export const expectNoFault = ({ faults, elsewhere }: OpenPage): void => {
  expect(faults).toEqual([])
  expect(elsewhere).toEqual([])
}
