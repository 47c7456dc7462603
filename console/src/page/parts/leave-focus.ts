/** An element that goes leaves the focus to the content, so that the keyboard continues there. */
export const leaveFocus = (element: HTMLElement | null): void => {
  const hasFocus = element?.contains(document.activeElement)
  if (element instanceof HTMLDialogElement) element.close() // while it is open, nothing else can have the focus
  if (hasFocus) document.getElementById('main')?.focus({ preventScroll: true })
}
