"""A fresh Chromium for one test: opens a file, hands out what its console and its network saw.

Chromium and its driver are Debian's (`apt-get install chromium chromium-driver`). Where they are missing, a test that
asks for them is skipped with that reason, except where the environment says `CI=true`: there it fails.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


class Browser:
    """One window. `messages` are console entries worth worrying about, `requests` addresses beside the file itself."""

    def __init__(self, driver) -> None:
        self.driver = driver
        self._seen: list[str] = []  # reading a log empties it

    def open(self, path: Path, fragment: str = "") -> None:
        """Opens a file and waits until the page's own script has drawn it."""
        from selenium.webdriver.support.ui import WebDriverWait

        self.driver.get("about:blank")
        for log in ("browser", "performance"):  # what the browser did on its own before
            self.driver.get_log(log)
        self.driver.get(path.resolve().as_uri() + (f"#{fragment}" if fragment else ""))
        WebDriverWait(self.driver, 30, poll_frequency=0.05).until(
            lambda driver: driver.execute_script("return Boolean(window.kgPage && kgPage.painted)")
        )

    def run(self, script: str, *arguments: object) -> object:
        """The value of a piece of script, e.g. `run("return kgPage.visible")`."""
        return self.driver.execute_script(script, *arguments)

    def messages(self) -> list[str]:
        """Warnings and errors of the console, policy violations included."""
        return [
            f"{entry['level']}: {entry['message']}"
            for entry in self.driver.get_log("browser")
            if entry["level"] in ("SEVERE", "WARNING")
        ]

    def requests(self) -> list[str]:
        """Every address that the window asked for, apart from files, data and blobs."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self._seen.append(message["params"]["request"]["url"])
        return [url for url in self._seen if not url.startswith(("file:", "data:", "blob:", "about:"))]

    def screenshot(self, path: Path) -> None:
        """The window as PNG."""
        self.driver.save_screenshot(str(path))


@contextmanager
def browser(
    *, width: int = 1400, height: int = 900, dark: bool = False, flags: tuple[str, ...] = ()
) -> Iterator[Browser]:
    """A new headless Chromium with a profile of its own, closed at the end."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        reason = "Chromium is missing: apt-get install chromium chromium-driver"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory(prefix="kg-browser-", ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in (*FLAGS, *flags, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        window = webdriver.Chrome(options=options, service=Service(driver))
        try:
            window.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
            )
            if dark:
                window.execute_cdp_cmd(
                    "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
                )
            yield Browser(window)
        finally:
            window.quit()
