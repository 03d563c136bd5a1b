"""What every backend must do. Derive a test class, give it the fixture of the contract, and run it."""

from lanner.testing.contracts.blobs import BlobsContract
from lanner.testing.contracts.store import DurableStoreContract, StoreContract

__all__ = ["BlobsContract", "DurableStoreContract", "StoreContract"]
