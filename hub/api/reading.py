"""One strict JSON reader everywhere: what flask-smorest checks against a schema is read by ours first."""

from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug import Request

from connectors.strict_json import read_json
from hub.api.served import body, served


class StrictParser(FlaskParser):
    """Reads arguments in a body as strictly as a message: media type, declared length, duplicates, depth, NaN."""

    def load_json(self, req: Request, schema: Schema) -> object:  # noqa: ARG002  the signature is webargs'
        """Return the body's value. Raises InvalidRequestError, RejectedMessageError."""
        return read_json(body("application/json"), served().limits, tuple(schema.fields))
