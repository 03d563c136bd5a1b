"""The Python example of Kestra's SDK page, as it stands there but for host, user and password.

One line differs: the page reads ``executions[0].execution.id``, while ``create_execution`` of every published
kestrapy (1.0, 1.3, 2.0) returns the execution itself. The second part is the page's other example, which looks
for the words "Flow id already exists" in a 422, written for kestrapy's names.
"""

# A script as people copy it; what is typed in kestrapy differs between its releases.
# mypy: ignore-errors

import json
import os

from kestrapy import Configuration, KestraClient
from kestrapy.exceptions import ApiException

tenant = "main"
namespace = "demo"
flow_id = "hello_from_sdk"

flow_yaml = """id: hello_from_sdk
namespace: demo

tasks:
  - id: log
    type: io.kestra.plugin.core.log.Log
    message: Hello from the SDK
"""

configuration = Configuration()
configuration.host = os.environ["KESTRA_HOST"]
configuration.username = os.environ["KESTRA_USERNAME"]
configuration.password = os.environ["KESTRA_PASSWORD"]

client = KestraClient(configuration)

try:
    client.flows.create_flow(tenant, flow_yaml)

    updated_flow_yaml = """id: hello_from_sdk
namespace: demo

tasks:
  - id: log
    type: io.kestra.plugin.core.log.Log
    message: Hello after update
"""

    client.flows.update_flow(
        id=flow_id,
        namespace=namespace,
        tenant=tenant,
        body=updated_flow_yaml,
    )

    executions = client.executions.create_execution(
        namespace=namespace,
        id=flow_id,
        wait=True,
        tenant=tenant,
    )
    print("Execution ID:", executions.id)
    print("State:", executions.state.current.value)
except ApiException as err:
    print("Kestra API error:", err)

try:
    api_response = client.flows.create_flow(tenant, flow_yaml)
    print(api_response)
except ApiException as e:
    if e.status == 422 and "Flow id already exists" in json.loads(e.body).get("message", ""):
        api_response = client.flows.update_flow(id=flow_id, namespace=namespace, tenant=tenant, body=flow_yaml)
        print("Flow updated successfully", api_response.revision)
    else:
        print(e)
