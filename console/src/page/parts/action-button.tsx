/** A button that keeps the focus while it is disabled, and leaves it to the content when it goes. */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { leaveFocus } from './leave-focus.ts'

interface ActionButtonProps {
  /** Default: false. */
  readonly disabled?: boolean
  /** True if it is what usually helps. Default: false. */
  readonly primary?: boolean
  readonly onClick: () => void
  readonly children: ComponentChildren
}

export const ActionButton = ({ disabled = false, primary = false, onClick, children }: ActionButtonProps) => {
  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => () => leaveFocus(button.current), [])
  return (
    <button
      type="button"
      class={primary ? 'primary' : undefined}
      aria-disabled={disabled} // the attribute `disabled` would take the focus away
      onClick={() => disabled || onClick()}
      ref={button}
    >
      {children}
    </button>
  )
}
