/** A button that does something after a question, which says what will happen and asks who does it. */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { textOf } from '../api/client.ts'
import { operator } from '../operator.ts'
import { ActionButton } from './action-button.tsx'
import { asking } from './asking.ts'
import { leaveFocus } from './leave-focus.ts'

interface ActionDialogProps {
  /** The text of the button that asks, such as "Discard…". */
  readonly label: string
  readonly title: string
  /** The text of the button that does it. */
  readonly confirm: string
  /** True if it can't be undone: then only its button does it, and not Enter in a field. Default: false. */
  readonly dangerous?: boolean
  /** True if it is what usually helps. Default: false. */
  readonly primary?: boolean
  /** Default: false. */
  readonly disabled?: boolean
  /** Why it can't be done at the moment, shown while the dialog is open. Default: it can. */
  readonly obstacle?: string | undefined
  /** Whether it asks who does it, for what a service records. Default: true. */
  readonly asksName?: boolean
  /** The effect of the action, and further fields. */
  readonly children: ComponentChildren
  /** Gets the fields of the form. The dialog stays open if it fails, with the error. */
  readonly act: (fields: FormData) => Promise<void>
}

export const ActionDialog = (props: ActionDialogProps) => {
  const {
    label,
    title,
    confirm,
    dangerous = false,
    primary = false,
    disabled = false,
    obstacle,
    asksName = true,
    children,
    act,
  } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const [failure, setFailure] = useState('')
  const [busy, setBusy] = useState(false)
  const titleId = useId()
  const stopAsking = () => {
    if (asking.value === dialog.current) asking.value = null
  }
  useLayoutEffect(
    () => () => {
      stopAsking()
      leaveFocus(dialog.current)
    },
    [],
  )
  const open = () => {
    setFailure('')
    dialog.current?.showModal()
    asking.value = dialog.current
  }
  const submit = async (form: HTMLFormElement) => {
    setBusy(true)
    setFailure('')
    try {
      await act(new FormData(form))
      dialog.current?.close()
      stopAsking() // a dialog that was closed meanwhile does not close again
      form.reset()
    } catch (error) {
      setFailure(textOf(error))
      if (!dialog.current?.open) dialog.current?.showModal() // a second Escape closes it, whatever the page says
    }
    setBusy(false)
  }
  return (
    <>
      <ActionButton primary={primary} disabled={disabled || obstacle !== undefined} onClick={open}>
        {label}
      </ActionButton>
      <dialog
        ref={dialog}
        aria-labelledby={titleId}
        onCancel={(event) => {
          if (busy) event.preventDefault() // its outcome must be seen
        }}
        onClose={() => busy || stopAsking()}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void submit(event.currentTarget)
          }}
          onKeyDown={(event) => {
            if (dangerous && event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault()
          }}
        >
          <h2 id={titleId}>{title}</h2>
          {children}
          {asksName && <OperatorField />}
          {dangerous && <p class="faint">Enter in a field does not confirm it.</p>}
          {failure && <p role="alert">{failure}</p>}
          {obstacle && <p role="alert">{obstacle}</p>}
          <div class="actions">
            <button type="button" disabled={busy} onClick={() => dialog.current?.close()}>
              Back
            </button>
            <button
              type="submit"
              class={dangerous ? 'primary danger' : 'primary'}
              disabled={busy || obstacle !== undefined}
            >
              {confirm}
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}

const OperatorField = () => (
  <label>
    Your name, for the record
    <input
      required
      pattern=".*\S.*"
      maxLength={60}
      value={operator.value} // which is recorded, also if another dialog has changed it
      defaultValue={operator.value} // which a reset of the form keeps
      onInput={({ currentTarget }) => {
        operator.value = currentTarget.value
      }}
    />
  </label>
)
