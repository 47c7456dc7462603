/** Cancels an order, after a question that says what will happen. */
import { useRef, useState } from 'preact/hooks'
import { ApiError, post } from '../../api/client.ts'
import type { Order } from '../../api/types.ts'
import { moneyOf, shortId } from '../../format.ts'
import { operator } from '../../operator.ts'

interface CancelOrderProps {
  readonly order: Order
  readonly onChange: () => void
}

export const CancelOrder = ({ order, onChange }: CancelOrderProps) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const [failure, setFailure] = useState('')
  const [isRunning, setRunning] = useState(false)
  const open = () => {
    setFailure('')
    dialog.current?.showModal()
  }
  const cancel = async () => {
    setFailure('')
    setRunning(true)
    try {
      await post(`/order/orders/${order.id}/cancel`, { operator: operator.value })
      dialog.current?.close()
    } catch (error) {
      setFailure(error instanceof ApiError ? error.message : String(error))
    }
    setRunning(false)
    onChange()
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isRunning) void cancel()
  }
  return (
    <>
      <button type="button" class="danger" onClick={open}>
        Cancel the order…
      </button>
      <dialog ref={dialog} aria-labelledby="cancel-title">
        <form onSubmit={submit}>
          <h2 id="cancel-title">Cancel order {shortId(order.id)}?</h2>
          <p>
            The order ends as cancelled by the customer. What was captured of {moneyOf(order.total, order.currency)} is
            refunded, and its stock is released. This can’t be undone.
          </p>
          <label>
            Your name, for the record
            <input
              required
              pattern=".*\S.*"
              maxLength={60}
              value={operator.value}
              onInput={({ currentTarget }) => {
                operator.value = currentTarget.value
              }}
            />
          </label>
          {failure && <p role="alert">{failure}</p>}
          <div class="actions">
            <button type="button" onClick={() => dialog.current?.close()}>
              Keep the order
            </button>
            <button type="submit" class="danger" disabled={isRunning}>
              Cancel the order
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}
