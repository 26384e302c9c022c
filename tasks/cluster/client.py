"""The command's side of Dask: a cluster of our own or one that was named, its workers admitted one by one, batches to those.

    with DaskWorkers("tcp://10.0.0.5:8786", terms, say=print) as workers:
        receipt = workers.run(job)

A worker is admitted when it has proven that it sees the same warehouse and the same input, that the command sees what it
writes, and that it runs the same code. Each batch is given to one admitted worker, one at a time; a worker that nobody asked
yet gets none, and refuses one that finds it nevertheless. A batch whose worker is lost goes to another one, MOST_LOST times at most.
What a document does to the child process of its worker is answered as with local workers (tasks.workers).

A cluster of our own listens on the loopback interface only and speaks TLS with a certificate of its own, so that other users
of the machine cannot send it code. For a named one Dask's own configuration counts (TLS, timeouts).
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import logging
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dask
from distributed import Client, LocalCluster
from distributed.scheduler import KilledWorker

from tasks.care import Limits
from tasks.cluster.worker import NotAdmitted, NotSeen, admit, prove, release, work
from tasks.errors import TaojinError, UsageError
from tasks.storage.layout import Layout
from tasks.storage.shared import ask, code_digest, forget_questions, hear
from tasks.workers import Stopped, Workers

CONNECT_SECONDS = 30.0
JOIN_SECONDS = 60.0  # for the first worker to come
PROVE_SECONDS = 60.0  # for the answers of those that are there
ABSENT_SECONDS = 300.0  # that a run waits for a worker when all are gone
LOOK_SECONDS = 0.5
AGAIN_SECONDS = 30.0  # after which a refused worker is asked again
END_SECONDS = 5.0
MOST_LOST = 4  # workers of one batch, one after another; Dask's own rule is the same
MOST_THREADS = 256

NOT_OURS = re.compile(r"(ModuleNotFound|Import|Attribute)Error")
START = "Start workers with `./taojin dask worker {address} --nworkers 2 --nthreads 1`"


@dataclass(frozen=True, slots=True)
class Terms:
    """What each worker must agree to."""

    warehouse: str
    fingerprints: Mapping[str, str]
    settings: Mapping[str, Any]
    paths: Sequence[str] = ()  # of input, some of each folder
    module: str = "tasks.work"


class SchedulerLost(TaojinError):
    """The connection to Dask's scheduler broke, or it has no workers."""


class _Lost(Exception):
    """The Dask worker that had the call is gone, or was never admitted."""


@dataclass(eq=False)
class _Slot:
    """One admitted worker."""

    address: str
    name: str
    busy: bool = False
    lost: bool = False
    changed: threading.Event = field(default_factory=threading.Event)  # its call is done, or it is lost


class DaskWorkers(Workers):
    """A tasks.runner.Runner over a Dask scheduler. Limits of time and memory are those of its base, applied on the worker."""

    def __init__(
        self,
        address: str | None,
        count: int,
        terms: Terms,
        batch_seconds: float,
        document_seconds: float = 60.0,
        memory_bytes: int = 0,
        say: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        """
        Prepare; nothing is started yet.

        Args:
            address: of a running scheduler; None starts a cluster of our own with `count` workers.
            say: is told which workers are refused or lost while the run goes on.
        """
        super().__init__(0, batch_seconds, document_seconds, memory_bytes, terms.module)
        self.address, self.count, self.terms, self.say = address, count, terms, say
        self.memory_bytes = memory_bytes
        self.token = secrets.token_hex(8)
        self._layout = Layout.of(terms.warehouse)
        self._question = secrets.token_hex(16)
        self._cluster: LocalCluster | None = None
        self._client: Client | None = None
        self._slots: dict[str, _Slot] = {}
        self._asked: dict[str, str] = {}  # address -> name, of workers whose proof is on its way
        self._refused: dict[str, tuple[float, str]] = {}  # address -> when to ask again, why
        self._told: dict[tuple[str, str], str] = {}  # refusals that were told once
        self._fault: TaojinError | None = None
        self._looked = self._closed = False
        self._state = threading.Condition(threading.RLock())
        self._numbers = itertools.count(1)
        self._thread: threading.Thread | None = None

    @property
    def most(self) -> int:
        """Workers may join at any time, so more threads may wait than there are workers."""
        return self.count if self.address is None else MOST_THREADS

    def start(self, most: int | None = None) -> DaskWorkers:
        """Connect, and have workers admitted, aside."""
        if self._thread is None:
            self.count = min(self.count, most or self.count)
            self._thread = threading.Thread(target=self._keep_watch, name="dask-watch", daemon=True)
            self._thread.start()
        return self

    def wait(self) -> None:
        """Until each worker that is there has answered and one at least is admitted. Raises why they are refused, where all are."""
        began = time.monotonic()
        with self._state:
            while True:
                self._expect_no_fault()
                if self._looked and not self._asked and self._slots:
                    return
                if self._looked and not self._asked and self._refused:
                    raise UsageError(*next(iter(self._refused.values()))[1].split("\n"))
                waited = time.monotonic() - began
                if self._looked and self._asked and waited > PROVE_SECONDS + JOIN_SECONDS:
                    raise SchedulerLost(f"Dask worker {next(iter(self._asked))} does not answer.", "See its log, or stop it.")
                if self._looked and not self._slots and not self._asked and waited > JOIN_SECONDS:
                    raise SchedulerLost(f"The Dask scheduler at {self._where} has no workers.", f"{self._start_hint}.")
                self._state.wait(LOOK_SECONDS)

    def close(self) -> None:
        """End all children, our cluster with them, and the connection."""
        with self._state:
            if self._closed:
                return
            self._closed = True
            self.stopping.set()
            slots = list(self._slots.values())
            self._wake()
        if self._thread:
            self._thread.join(END_SECONDS if self._client else CONNECT_SECONDS + END_SECONDS)
        if self._client is not None and slots and not self._fault:
            ending = threading.Thread(target=self._release, args=([s.address for s in slots],), daemon=True)
            ending.start()
            ending.join(END_SECONDS)
        for thing in (self._client, self._cluster):
            if thing is not None:
                with contextlib.suppress(Exception):  # whatever it says, we leave
                    thing.close(timeout=END_SECONDS)
        forget_questions(self._layout, self.token)

    # Calls: made by many threads.

    def _take(self) -> DaskWorkers:  # type: ignore[override]
        """Each call finds a worker of its own."""
        return self

    def _give_back(self, worker: object) -> None:
        pass

    def call(self, limits: Limits, function: str, *arguments: Any) -> Any:
        """One call on any admitted worker, and on another one where that is lost. Raises as Child.call does."""
        for _ in range(MOST_LOST):
            slot = self._free_slot(minds_stop=function == "run_batch")
            try:
                return self._call_on(slot, limits, function, arguments)
            except _Lost as reason:
                self.say(f"Dask worker {slot.address} was lost ({reason}); its batch goes to another one.")
            finally:
                with self._state:
                    slot.busy = False
                    self._state.notify_all()
        raise TaojinError(
            f"{MOST_LOST} Dask workers, one after another, were lost with the same batch.",
            "See their logs; set worker_memory below what a worker's machine or container has. Finished batches are kept.",
        )

    def _free_slot(self, minds_stop: bool) -> _Slot:
        with self._state:
            while True:
                self._expect_no_fault()
                if minds_stop:
                    self._expect_going_on()
                if free := next((s for s in self._slots.values() if not s.busy), None):
                    free.busy = True
                    return free
                self._state.wait(LOOK_SECONDS)

    def _call_on(self, slot: _Slot, limits: Limits, function: str, arguments: tuple[Any, ...], unseen_too: bool = False) -> Any:
        assert self._client is not None
        slot.changed.clear()
        future = self._client.submit(
            work, (self.token, slot.address), limits, function, arguments, unseen_too,
            key=f"taojin-{function}-{self.token}-{next(self._numbers)}", workers=[slot.address], allow_other_workers=False, pure=False,
        )  # fmt: skip
        future.add_done_callback(lambda _: slot.changed.set())
        while not (future.done() or slot.lost or self._fault or self._closed):
            slot.changed.wait()
            slot.changed.clear()
        if not future.done():
            with contextlib.suppress(Exception):
                future.cancel()
            self._expect_no_fault()
            if self._closed:
                raise Stopped("Stopped.", "Finished batches are kept; run it again.")
            raise _Lost("the scheduler has it no more")
        if future.cancelled() or future.status == "lost":
            self._fail(self._scheduler_lost())
            self._expect_no_fault()
        answer = future.exception() if future.status == "error" else future.result()
        if isinstance(answer, NotAdmitted | KilledWorker):
            self._drop(slot.address)
            raise _Lost("it was started anew" if isinstance(answer, NotAdmitted) else "it died")
        if isinstance(answer, NotSeen):
            if seen := next(filter(os.path.exists, answer.paths), None):
                raise UsageError(*self._unseen(slot.address, seen).split("\n"))
            return self._call_on(slot, limits, function, arguments, unseen_too=True)
        if isinstance(answer, TaojinError):
            raise type(answer)(f"{answer.message} (On Dask worker {slot.address}.)", answer.hint) from None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    # Watch: one thread.

    def _keep_watch(self) -> None:
        failed = ""
        try:
            self._connect()
        except Exception as error:
            failed = str(error) or type(error).__name__
        if failed:
            gc.collect()  # the client that did not connect ends here: amid another one's start its end would wait for itself for ever
            where = f"at {self.address}" if self.address else "of our own"
            hint = "Check its address, and that it runs" if self.address else "Check free memory, or leave out --runner"
            self._fail(SchedulerLost(f"The Dask scheduler {where} does not answer: {failed}.", f"{hint}."))
            return
        absent_since = None
        while not self._closed:
            try:
                self._look()
            except Exception:  # of whatever layer: without its answers nothing is known of any batch
                if not self._closed:
                    self._fail(self._scheduler_lost())
                return
            with self._state:
                if self._slots or self._asked or not self._looked:
                    absent_since = None
                else:
                    absent_since = absent_since or time.monotonic()
                    if time.monotonic() - absent_since > ABSENT_SECONDS:
                        said = f"No Dask worker at {self._where} took work for {ABSENT_SECONDS:g} seconds."
                        self._fail(SchedulerLost(said, f"{self._start_hint}, then run the same command again; finished batches are kept."))
                        return
                if not self._closed:
                    self._state.wait(LOOK_SECONDS)

    def _connect(self) -> None:
        for name in [n for n in logging.root.manager.loggerDict if n.startswith("distributed")]:  # Dask gives many a level of its own
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is told in sentences
        self._layout.make()
        ask(self._layout, self.token, self._question)
        if self.address is None:
            with dask.config.set({"distributed.worker.profile.enabled": False}):  # it would watch a thread that waits
                self._cluster = LocalCluster(
                    n_workers=self.count, threads_per_worker=1, processes=True, host="127.0.0.1", security=True, dashboard_address=None,
                    memory_limit=0, silence_logs=logging.CRITICAL,
                )  # fmt: skip
        self._client = Client(self._cluster or self.address, timeout=CONNECT_SECONDS, set_as_default=False, name="taojin")

    def _look(self) -> None:
        """Who is there, who is gone, who is new."""
        assert self._client is not None
        if self._client.status not in ("running", "newly-created"):
            raise ConnectionError
        # Not client.scheduler_info(): it hands out what Dask's own periodic look, which asks for no workers, may just have put there.
        known = self._client.sync(self._client.scheduler.identity, n_workers=-1)["workers"]
        there = {address: str(w["name"]) for address, w in known.items()}
        with self._state:
            for slot in list(self._slots.values()):
                if there.get(slot.address) != slot.name:
                    self._drop(slot.address)
            for address in [a for a in self._asked if there.get(a) != self._asked[a]]:
                del self._asked[address]
            for address in [a for a, (again, _) in self._refused.items() if a not in there or time.monotonic() > again]:
                del self._refused[address]
            new = [a for a in there if a not in self._slots and a not in self._asked and a not in self._refused]
            self._asked |= {a: there[a] for a in new}
            self._looked = True
        for address in new:
            threading.Thread(target=self._examine, args=(address, there[address]), name=f"dask-proof-{address}", daemon=True).start()

    def _examine(self, address: str, name: str) -> None:
        """Ask one worker for its proofs, and admit it or say why not."""
        assert self._client is not None
        sent, text = secrets.token_hex(8), secrets.token_hex(16)
        given = (self.terms.warehouse, self.token, sent, text, dict(self.terms.settings), list(self.terms.paths))
        told = self._on(address, prove, *given)
        label = f"{address} (on {told['host']})" if isinstance(told, dict) else address
        refusal = self._refusal(label, sent, text, told)
        if not refusal:
            key = (self.token, address)
            failed = self._on(address, admit, self.terms.warehouse, key, self.terms.module, self.memory_bytes, self.address is None)
            refusal = f"Dask worker {label} does not begin: {failed!r}.\nSee its log." if isinstance(failed, Exception) else ""
        with self._state:
            if self._asked.pop(address, None) != name or self._closed:
                return  # it went meanwhile
            if refusal:
                self._refused[address] = (time.monotonic() + AGAIN_SECONDS, refusal)
            else:
                self._slots[address] = _Slot(address, name)
            self._state.notify_all()
        if refusal and self._told.get((address, name)) != refusal:
            self._told[address, name] = refusal
            self.say(refusal.replace("\n", " "))

    def _on(self, address: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """What a function returns or raises on one worker, outside of Dask's queue; None if the worker went."""
        assert self._client is not None
        try:
            return self._client.run(function, *arguments, workers=[address], on_error="return").get(address)
        except Exception as error:
            return error

    def _refusal(self, label: str, sent: str, text: str, told: Any) -> str:
        """Why a worker gets no work: a sentence, and what to do, on two lines; empty where nothing stands against it."""
        root = self.terms.warehouse
        who = f"Dask worker {label}"
        if not isinstance(told, dict):
            if NOT_OURS.search(repr(told)):  # what does not even unpickle there comes back as text
                return f"{who} does not find this command's taojin.\n{self._start_hint}, there, in a copy of the same version."
            return f"{who} does not answer: {told!r}.\nSee its log, or stop it."
        if told["code"] != code_digest():
            return f"{who} runs other code of taojin than this command.\nGive it the same version and start it anew."
        if other := [s for s, made in self.terms.fingerprints.items() if told["fingerprints"].get(s) != made and s != "validate"]:
            return (
                f"{who} would work by other libraries or data than this command (stage {other[0]}; Python {told['python']} there).\n"
                "Set it up from the same requirements, and start it anew."
            )
        share = f"Mount {root} there under the same path, for writing, or stop that worker."
        if error := told.get("error"):
            return f"{who} does not share the warehouse {root} ({error}).\n{share}"
        if told["question"] != self._question:
            return f"{who} has another folder at {root}.\n{share}"
        try:
            heard = hear(self._layout, self.token, sent)
        except OSError as error:
            return f"What Dask worker {label} writes into {root} cannot be read and removed here ({error.strerror}).\n{share}"
        if heard != text:
            return f"{who} has another folder at {root}.\n{share}"
        if missing := [p for p in told["unseen"] if os.path.exists(p)]:
            return self._unseen(label, missing[0])
        return ""

    def _unseen(self, label: str, path: str) -> str:
        folder = os.path.dirname(path)
        return f"Dask worker {label} does not see {path}.\nMount {folder} there under the same path, or stop that worker."

    def _drop(self, address: str) -> None:
        with self._state:
            if slot := self._slots.pop(address, None):
                slot.lost = True
                slot.changed.set()
                self._state.notify_all()

    def _fail(self, fault: TaojinError) -> None:
        with self._state:
            self._fault = self._fault or fault
            self._wake()

    def _wake(self) -> None:
        for slot in self._slots.values():
            slot.changed.set()
        self._state.notify_all()

    def _expect_no_fault(self) -> None:
        if self._fault:
            raise self._fault

    def _scheduler_lost(self) -> SchedulerLost:
        return SchedulerLost(
            f"The connection to the Dask scheduler at {self._where} was lost.",
            "Finished batches are kept: start it again, then run the same command.",
        )

    def _release(self, addresses: Sequence[str]) -> None:
        assert self._client is not None
        with contextlib.suppress(Exception):
            self._client.run(release, self.token, workers=list(addresses), on_error="ignore")

    @property
    def _where(self) -> str:
        if self.address:
            return self.address
        return self._cluster.scheduler_address if self._cluster else "127.0.0.1"

    @property
    def _start_hint(self) -> str:
        return START.format(address=self._where)
