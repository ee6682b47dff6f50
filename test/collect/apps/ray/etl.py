"""An ordinary job of the sample cluster."""
import os
import time

import ray

ray.init(address="auto")


@ray.remote(num_cpus=0.5)
def transform(part):
    time.sleep(0.3)
    return f"part {part} on {os.uname().nodename}"


for line in ray.get([transform.remote(i) for i in range(8)]):
    print(line)
print("etl done")
