"""Trying again, where the cause is transient: a few times, further apart, never beyond the fetch's own deadline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from worker.fetch.failure import Failure

ATTEMPTS = 3
FIRST_WAIT = timedelta(seconds=0.5)
LONGEST_WAIT = timedelta(seconds=8)

Result = TypeVar("Result")


async def retried(
    attempt: Callable[[], Awaitable[Result]],
    left: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
    attempts: int = ATTEMPTS,
    first_wait: timedelta = FIRST_WAIT,
) -> Result:
    """What `attempt` gives at last. Waits are random up to a bound that doubles (full jitter), and none begins that
    would end after `left()` seconds. Raises the last Failure."""
    try:
        return await attempt()
    except Failure as failure:
        if not failure.transient:
            raise
        failed: list[Failure] = [failure]

    async def again() -> Result:
        if failed:  # the first attempt, made before anybody knew that there would be others
            raise failed.pop()
        return await attempt()

    backoff = wait_random_exponential(multiplier=first_wait.total_seconds(), max=LONGEST_WAIT.total_seconds())

    def stop(state: RetryCallState) -> bool:
        return stop_after_attempt(attempts)(state) or left() <= state.upcoming_sleep

    retrying = AsyncRetrying(
        retry=retry_if_exception(lambda error: isinstance(error, Failure) and error.transient),
        stop=stop,
        wait=backoff,
        sleep=sleep,
        reraise=True,
    )
    result: Result = await retrying(again)
    return result
