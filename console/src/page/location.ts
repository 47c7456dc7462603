/** The address of the page. Views read it as signals, and change it by `navigate`. */
import { computed, signal } from '@preact/signals'
import { viewOf } from '../views.ts'

const address = signal(window.location.pathname + window.location.search)

const parsed = computed(() => new URL(address.value, window.location.origin))

/** The view of the address, or undefined if no view has it. */
export const view = computed(() => viewOf(parsed.value.pathname))

export const query = computed(() => parsed.value.searchParams)

/** The parameters of the query with these names that have a value. */
export const givenOf = (names: readonly string[]): URLSearchParams =>
  new URLSearchParams([...query.value].filter(([name, value]) => names.includes(name) && value !== ''))

/** Shows another address. */
export const navigate = (to: string): void => {
  if (to === address.value) return
  window.history.pushState(null, '', to)
  address.value = to
}

/** The address with these parameters of the query; null removes one. */
export const withQuery = (changes: Readonly<Record<string, string | null>>): string => {
  const next = new URLSearchParams(query.value)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') next.delete(name)
    else next.set(name, value)
  }
  const { pathname } = parsed.value
  return next.size > 0 ? `${pathname}?${next}` : pathname
}

/**
 * Follows links to the page's own views without loading the page again. Others, those to a part of the page, and those with a modifier
 * key, are the browser's.
 */
export const followLinks = (): void => {
  window.addEventListener('popstate', () => {
    address.value = window.location.pathname + window.location.search
  })
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || link.target || link.hash || link.origin !== window.location.origin) return
    if (viewOf(link.pathname) === undefined) return
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    event.preventDefault()
    navigate(link.pathname + link.search)
    window.scrollTo(0, 0)
  })
}
