/** A person who has only a keyboard. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

interface Focus {
  readonly name: string
  /** Whether the element shows that it has the focus, within the window. */
  readonly isVisible: boolean
}

/** Read only: nothing here moves the focus. */
const readFocus = `(() => {
  const element = document.activeElement
  const { outlineStyle, outlineWidth } = getComputedStyle(element)
  const { top, bottom, left, right } = element.getBoundingClientRect()
  const isInWindow = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth
  const name = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent
  return { name: name.trim(), isVisible: isInWindow && outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 }
})()`

const focusOf = (page: Page): Promise<Focus> => page.evaluate(readFocus)

/** More than a view has. */
const maxPresses = 60

/** Presses Tab until an element with this name has the focus. Each on the way must show that it has it. @throws if Tab does not reach it. */
export const tabTo = async (page: Page, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> => {
  const passed: string[] = []
  while (passed.length < maxPresses) {
    await page.keyboard.press(key)
    const focus = await focusOf(page)
    if (!focus.isVisible) throw new Error(`The focus on ${JSON.stringify(focus.name)} is not visible.`)
    if (isNamed(name, focus)) return
    passed.push(focus.name)
  }
  throw new Error(`Tab does not reach ${name}, but ${passed.join(', ')}.`)
}

const isNamed = (name: string | RegExp, focus: Focus): boolean =>
  typeof name === 'string' ? focus.name === name : name.test(focus.name)

/** Goes to an element by Tab, and presses Enter there. */
export const enter = async (page: Page, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> => {
  await tabTo(page, name, key)
  await page.keyboard.press('Enter')
}

/** Fails unless an element with this name gets the focus. */
export const expectFocusOn = (page: Page, name: string | RegExp): Promise<void> =>
  expect.poll(async () => isNamed(name, await focusOf(page))).toBe(true)

/** Fails unless the main content has the focus, as after a change of the view. */
export const expectFocusOnContent = (page: Page): Promise<void> =>
  expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main')
