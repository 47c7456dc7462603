/** The window of the tests, in Chromium. */
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { launchChromium } from './chromium.ts'

/** One window for all tests of a worker: another one takes longer to open than a test to run. It ends with the process. */
let opened: Promise<Page> | undefined

const openWindow = async (): Promise<Page> => {
  const page = await (await launchChromium()).newPage({ locale: 'en-US' })
  page.setDefaultTimeout(60_000) // a slow machine needs more than the 30 s of Playwright
  return page
}

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
    await page.unrouteAll({ behavior: 'ignoreErrors' })
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
