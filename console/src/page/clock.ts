/** The time, for ages on the page. It advances once a second while the page is visible. */
import { signal } from '@preact/signals'

export const nowMs = signal(Date.now())

setInterval(() => {
  if (!document.hidden) nowMs.value = Date.now()
}, 1_000)
