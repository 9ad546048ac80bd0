"""An agency that also lays files into a drop folder, and the operator's timer that runs `hub import` over it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jwt

from connectors.client import Answer, ClientKey, HubClient, RefusedError, UnreachableError
from tests.batches import hub, lay
from tests.factories import SmallWorld
from tests.simulators.partner.batches import BY_FOLDER
from tests.simulators.partner.message import SIGNATURE

_TAKEN, _REFUSED = 200, 400
_COULD_NOT, _RUNS = 2, 20


class DropFolder:
    """One agency's folder.

    `carry` does something in the hub's process, UnreachableError when that was killed; `wait` lets some time pass
    before the next run.
    """

    def __init__(
        self,
        world: SmallWorld,
        code: str,
        folder: Path,
        carry: Callable[[Callable[[], Any]], Any],
        wait: Callable[[], None],
    ) -> None:
        self._world, self._code, self._folder, self._carry, self._wait = world, code, folder, carry, wait

    def take(self, body: bytes, signature: str) -> Answer:
        """Lay a file, run the import until it is through, and return what it laid beside the file."""
        claims = jwt.decode(signature, options={"verify_signature": False})
        lay(self._folder, "file", body, signature, claims["rows"])
        assert any(self._imported(claims["connector"]) for _ in range(_RUNS)), "the import never came through"
        (told,) = self._folder.glob("*/*.receipt.json")
        answer = Answer(_REFUSED if told.parent.name == "refused" else _TAKEN, told.read_bytes())
        for file in self._folder.glob("*/*"):
            file.unlink()
        return answer

    def _imported(self, connector: str) -> bool:
        named = ("--connector", connector, "--agency", self._code, "--folder", str(self._folder))
        try:
            ended = self._carry(lambda: hub(self._world, "import", str(self._folder), *named))
        except UnreachableError:
            return False
        if ended.exit_code == _COULD_NOT:
            self._wait()
        return ended.exit_code != _COULD_NOT


class WithFolder(HubClient):
    """A client of an agency that has a drop folder, too."""

    def __init__(self, base_url: str, key: ClientKey, folder: DropFolder, **more: object) -> None:
        super().__init__(base_url, key, **more)
        self._folder = folder

    def deliver(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if path != BY_FOLDER:
            return super().deliver(path, body, headers)
        answer = self._folder.take(body, headers[SIGNATURE])
        if answer.status != _TAKEN:
            raise RefusedError(answer)
        return answer
