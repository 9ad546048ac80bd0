import os
import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[3]
HUB = Path(sys.executable).parent / "hub"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    here = os.environ | {"PYTHONPATH": str(HOME)}
    return subprocess.run([str(HUB), *arguments], capture_output=True, text=True, timeout=120, check=False, env=here)


def test_an_officer_sees_where_each_answer_goes_and_where_a_form_is_wrong(tmp_path: Path) -> None:
    told = run("policy", "forms")
    assert told.returncode == 0, told.stderr
    assert "marac: MARAC referral" in told.stdout
    assert "most_afraid_of: parent_voice, about victim alone" in told.stdout
    folder = tmp_path / "forms"
    shutil.copytree(HOME / "policies" / "forms", folder)
    (folder / "gp.yaml").write_text((folder / "gp.yaml").read_text().replace("kind: text", "kind: essay", 1))
    told = run("policy", "forms", str(folder))
    assert told.returncode == 2
    assert f"{folder}/gp.yaml:10:69" in told.stderr
