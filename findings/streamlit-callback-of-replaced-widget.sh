#!/usr/bin/env bash
# Streamlit 1.67.0: on_change of a widget that the script no longer makes is called with a value nobody changed.
# A field whose key contains the slider's value is replaced when the slider moves. A browser that moves the slider
# on before it has heard of the new field still reports the old one, as it was. Streamlit has forgotten the old
# field's value by then, takes the report for a change, and calls the old callback.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check streamlit==1.67.0 starlette==1.10.0 httpx==0.28.1

cat > "$folder/page.py" <<'PYTHON'
import streamlit as st

heard = st.session_state.setdefault("heard", [])


def note(key):
    heard.append(f"{key} = {st.session_state.get(key)}")


place = st.slider("place", 0, 10, 5, key="place", on_change=note, args=("place",))
key = f"typed {place}"
st.number_input("typed", 0, 10, place, key=key, on_change=note, args=(key,))
st.text("; ".join(heard) or "nothing")
PYTHON
cd "$folder"

"$folder/venv/bin/python" -W ignore - 2>"$folder/log" <<'PYTHON' || { cat "$folder/log"; exit 1; }
from importlib.metadata import version

from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.starlette import App


def asked(socket, states):
    """One run of the page with what the browser's widgets show: identifiers by kind, and the text."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    for identifier, kind, value in states:
        state = message.rerun_script.widget_states.widgets.add(id=identifier)
        if kind == "slider":
            state.double_array_value.data.append(value)
        else:
            state.double_value = value
    socket.send_bytes(message.SerializeToString())
    found = {}
    while True:
        answer = ForwardMsg.FromString(socket.receive_bytes())
        if answer.WhichOneof("type") == "script_finished":
            return found
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind in ("slider", "number_input"):
            found[kind] = getattr(element, kind).id
        elif kind == "text":
            found["heard"] = element.text.body


with TestClient(App("page.py")) as client, client.websocket_connect("/_stcore/stream") as socket:
    first = asked(socket, [])
    slider, field = first["slider"], first["number_input"]
    second = asked(socket, [(slider, "slider", 4), (field, "number_input", 5)])
    third = asked(socket, [(slider, "slider", 3), (field, "number_input", 5)])  # not heard of the new field

print("streamlit", version("streamlit"))
print("called at first:", first["heard"])
print("slider at 4:    ", second["heard"])
print("slider at 3:    ", third["heard"])
assert second["number_input"] != field
assert second["heard"] == "place = 4", "the behaviour has changed"
assert third["heard"] == "place = 4; place = 3; typed 5 = 5", "the behaviour has changed"
PYTHON
